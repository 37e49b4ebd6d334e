// The chat panel.

import { texts } from "../../texts";
import { Panel } from "../../ui/Panel";
import "./chat.css";
import { ChatForm } from "./ChatForm";
import { ChatLog } from "./ChatLog";

export function ChatPanel() {
  return (
    <Panel name="chat" title={texts.chat.title}>
      <ChatLog />
      <ChatForm />
    </Panel>
  );
}
