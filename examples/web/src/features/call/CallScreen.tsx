// The call screen: the stage, the controls, and a panel.

import { useState } from "react";
import { ErrorBoundary } from "../../app/ErrorBoundary";
import { useAppSelector } from "../../app/hooks";
import { texts } from "../../texts";
import { ErrorFallback } from "../../ui/ErrorFallback";
import { ChatPanel } from "../chat/ChatPanel";
import { InviteDialog } from "../invite/InviteDialog";
import { PeoplePanel } from "../people/PeoplePanel";
import { WaitingBanner } from "../people/WaitingBanner";
import { Stage } from "../stage/Stage";
import "./call.css";
import { ConnectionBanner } from "./ConnectionBanner";
import { Controls } from "./Controls";
import { LeaveDialog } from "./LeaveDialog";
import { RemoteAudio } from "./RemoteAudio";
import { TopBar } from "./TopBar";

export function CallScreen({ roomId }: { readonly roomId: string }) {
  const panel = useAppSelector(({ stage }) => stage.panel);
  const [dialog, setDialog] = useState<"invite" | "leave" | null>(null);
  const close = (): void => setDialog(null);
  return (
    <div className="call" data-panel={panel !== null}>
      <TopBar roomId={roomId} onInvite={() => setDialog("invite")} />
      <main className="call-main">
        <ConnectionBanner />
        <ErrorBoundary fallback={null}>
          <WaitingBanner />
        </ErrorBoundary>
        <ErrorBoundary fallback={null}>
          <RemoteAudio />
        </ErrorBoundary>
        <ErrorBoundary fallback={<ErrorFallback what={texts.broken.panel} />}>
          <Stage roomId={roomId} />
        </ErrorBoundary>
      </main>
      {panel === "chat" && <ChatPanel />}
      {panel === "people" && <PeoplePanel />}
      <Controls onLeave={() => setDialog("leave")} />
      {dialog === "invite" && <InviteDialog roomId={roomId} onClose={close} />}
      {dialog === "leave" && <LeaveDialog onClose={close} />}
    </div>
  );
}
