import { expect, test } from "vitest";
import {
  createInvitation,
  invitationIn,
  listInvitations,
  revokeInvitation,
  withInvitation,
} from "../src/camus-client/invitations";
import { Refused } from "../src/camus-client/requests";
import { Conversation } from "./conversation";

const SECRET = "0123456789abcdef".repeat(4);
const ID = "c".repeat(32);
const PAGE = "https://example.com/call/?lang=de";

/** Ends the current task, so that the session has opened its store. */
const nextTask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a moderator makes an invitation, lists them and revokes one", async () => {
  const talk = new Conversation();
  const connection = await talk.join();
  const making = createInvitation(talk.session, { name: "For Ted", uses: 1 });
  expect(connection.received.at(-1)).toMatchObject({
    type: "create-invitation",
    data: { name: "For Ted", uses: 1 },
  });
  const made = { id: ID, secret: SECRET };
  connection.send("invitation-created", made, { reply_to: "request-1" });
  expect(await making).toEqual(made);

  const listing = listInvitations(talk.session);
  const listed = [{ id: ID, role: "guest", by: "Bill", created_at: 1615918847, used: 0 }];
  connection.send("invitations", listed, { reply_to: "request-2" });
  expect(await listing).toEqual(listed);

  const revoking = revokeInvitation(talk.session, ID);
  connection.send("done", null, { reply_to: "request-3" });
  await revoking;
  const again = revokeInvitation(talk.session, ID);
  const error = { code: "not-found", message: "there is nothing with this id" };
  connection.send("error", error, { reply_to: "request-4" });
  await expect(again).rejects.toEqual(new Refused(error));
});

test("a client shows the secret of its link when it joins", async () => {
  const invitation = invitationIn(`#/lobby?invitation=${SECRET}`);
  const talk = new Conversation({ join: { room_id: "lobby", invitation } });
  const joining = talk.session.join();
  await nextTask();
  expect(talk.server.last.accept().received[0]).toMatchObject({
    data: { room_id: "lobby", invitation: SECRET },
  });
  talk.server.last.admit();
  await joining;
});

test("the secret of an invitation stands behind the room in a link", () => {
  const link = withInvitation(`${PAGE}#/lobby`, SECRET);
  expect(link).toBe(`${PAGE}#/lobby?invitation=${SECRET}`);
  expect(invitationIn(link)).toBe(SECRET);
  const encrypted = withInvitation(`${PAGE}#/lobby?key=5ec`, SECRET);
  expect(encrypted).toBe(`${PAGE}#/lobby?key=5ec&invitation=${SECRET}`);
  expect(invitationIn(encrypted)).toBe(SECRET);
  for (const other of [
    `${PAGE}#/lobby`,
    `${PAGE}&invitation=${SECRET}#/lobby`,
    `${PAGE}#/lobby?invitation=${SECRET.slice(1)}`,
    `${PAGE}#/lobby?invitation=${SECRET}0`,
    `${PAGE}#/lobby?an-invitation=${SECRET}`,
  ]) {
    expect(invitationIn(other)).toBe(null);
  }
});
