// The confirmation before leaving the call.

import { useServices } from "../../app/hooks";
import { texts } from "../../texts";
import { Dialog } from "../../ui/Dialog";

export function LeaveDialog({ onClose }: { readonly onClose: () => void }) {
  const { call } = useServices();
  return (
    <Dialog title={texts.call.leaveTitle} onClose={onClose}>
      <p>{texts.call.leaveLead}</p>
      <footer>
        <button type="button" className="button button-quiet" onClick={onClose}>
          {texts.call.stay}
        </button>
        <button type="button" className="button button-danger" onClick={() => call.leave()}>
          {texts.call.leave}
        </button>
      </footer>
    </Dialog>
  );
}
