// The root component: chooses the screen to show.

import { CallScreen } from "../features/call/CallScreen";
import { EndScreen } from "../features/call/EndScreen";
import { Landing } from "../features/landing/Landing";
import { Toasts } from "../features/notices/Toasts";
import { PreJoin } from "../features/prejoin/PreJoin";
import { texts } from "../texts";
import { MANY } from "../texts/counts";
import { useRoomTitle } from "../features/room-names/use-room-title";
import { ErrorBoundary } from "./ErrorBoundary";
import { CrashedPage } from "./CrashedPage";
import { useAppSelector } from "./hooks";

export function App() {
  const roomId = useAppSelector(({ session }) => session.roomId);
  const title = useRoomTitle(roomId);
  useAppSelector(({ settings }) => settings.language); // renders the texts of a new language
  const unread = useAppSelector(({ chat }) => Math.min(chat.unread, MANY));
  return (
    <ErrorBoundary fallback={<CrashedPage />}>
      <title>{roomId === null ? texts.app : texts.titleOf(title, unread)}</title>
      {roomId === null ? <Landing /> : <Room roomId={roomId} />}
      <ErrorBoundary fallback={null}>
        <Toasts />
      </ErrorBoundary>
    </ErrorBoundary>
  );
}

/** The screen of a room: before, during or after the call. */
function Room({ roomId }: { readonly roomId: string }) {
  const presence = useAppSelector(({ session }) => session.presence);
  const wasInside = useAppSelector(({ session }) => session.me !== null);
  switch (presence.at) {
    case "inside":
      return <CallScreen roomId={roomId} />;
    case "away":
      return wasInside ? <CallScreen roomId={roomId} /> : <PreJoin roomId={roomId} />;
    case "ended":
      return <EndScreen roomId={roomId} reason={presence.reason} words={presence.words} />;
    case "outside":
    case "joining":
    case "waiting":
      return <PreJoin roomId={roomId} />;
  }
}
