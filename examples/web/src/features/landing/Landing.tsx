// The landing page: create a room, join one, or browse the public ones.

import { Logo } from "../../ui/Logo";
import { texts } from "../../texts";
import { Icon } from "../../ui/icons";
import { SettingsButton } from "../settings/SettingsButton";
import "./landing.css";
import { JoinForm } from "./JoinForm";
import { CallIllustration } from "./CallIllustration";
import { NewRoom } from "./NewRoom";
import { PublicRooms } from "./PublicRooms";

export function Landing() {
  return (
    <div className="landing">
      <header className="landing-top">
        <Logo />
        <SettingsButton />
      </header>
      <main>
        <section className="landing-hero">
          <h1>{texts.landing.title}</h1>
          <p className="landing-lead">{texts.landing.lead}</p>
          <NewRoom />
          <JoinForm />
          <ul className="landing-facts">
            {texts.landing.facts.map((fact) => (
              <li key={fact}>
                <Icon name="check" />
                {fact}
              </li>
            ))}
          </ul>
        </section>
        <aside className="landing-side">
          <CallIllustration />
          <PublicRooms />
        </aside>
      </main>
    </div>
  );
}
