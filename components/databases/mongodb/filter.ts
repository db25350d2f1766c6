import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { Filter } from "../haproxy/haproxy";
import { luaBytes } from "../haproxy/lua";
import type { Upstream } from "../proxy";
import { mongodbLogin } from "./login";

/**
 * A filter of HAProxy (https://www.arpalert.org/src/haproxy-lua-api/3.2/) that makes a replica set look like the single
 * server of a Compose file. Drivers would learn the members' names from the answer to `hello`, and connect to them
 * without TLS and past the proxy. The filter changes the first letter of the keys that name members: the length stays
 * the same, no other message is changed, and long ones are not buffered.
 *
 * Where the server has another user or password for the application, the filter translates SCRAM: it replaces the
 * proofs of one login by those of the other, message by message.
 */
export function mongodbFilter(upstream: Upstream): Filter {
  return {
    name: "mongodb",
    lua: [login(upstream), reading, mongodbLogin, filter].join("\n"),
  };
}

/** What MongoDB itself takes. */
const iterations = { "SCRAM-SHA-1": 10_000, "SCRAM-SHA-256": 15_000 };

function login({ host, client, server }: Upstream): string {
  if (client?.password === undefined || server?.password === undefined)
    return "local login, known = nil, {}";
  const { user, password } = client;
  const salt = createHash("sha256").update(`${host}\0${user}`).digest();
  const digest = createHash("md5").update(`${user}:mongo:${password}`).digest("hex");
  const keys = (
    hash: "sha1" | "sha256",
    secret: string,
    length: number,
    rounds: number,
  ): string => {
    const own = salt.subarray(0, length);
    const salted = pbkdf2Sync(secret, own, rounds, hash === "sha1" ? 20 : 32, hash);
    const key = (name: string): Buffer => createHmac(hash, salted).update(name).digest();
    const stored = createHash(hash).update(key("Client Key")).digest();
    return `{ hash = "${hash}", salt = "${own.toString("base64")}", rounds = ${rounds}, stored = ${luaBytes(stored)}, server = ${luaBytes(key("Server Key"))} }`;
  };
  return `local login = { user = ${luaBytes(server.user)}, password = ${luaBytes(server.password.normalize("NFKC"))} }
local known = {
  user = ${luaBytes(user)},
  ["SCRAM-SHA-1"] = ${keys("sha1", digest, 16, iterations["SCRAM-SHA-1"])},
  ["SCRAM-SHA-256"] = ${keys("sha256", password.normalize("NFKC"), 28, iterations["SCRAM-SHA-256"])},
}`;
}

/** https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ and https://bsonspec.org/spec.html */
const reading = `local REPLY, MSG = 1, 2013

local function int(text, at) return (string.unpack("<i4", text, at)) end
local function packed(number) return string.pack("<i4", number) end

-- Bytes of a value by the type of its element; nil: no such type.
local fixed = { [0x01] = 8, [0x06] = 0, [0x07] = 12, [0x08] = 1, [0x09] = 8, [0x0a] = 0,
  [0x10] = 4, [0x11] = 8, [0x12] = 8, [0x13] = 16, [0x7f] = 0, [0xff] = 0 }
local counted = { [0x02] = 4, [0x03] = 0, [0x04] = 0, [0x05] = 5, [0x0c] = 16, [0x0d] = 4, [0x0e] = 4, [0x0f] = 0 }

local function size(kind, text, at)
  if fixed[kind] then return fixed[kind] end
  if counted[kind] then return counted[kind] + int(text, at) end
  if kind == 0x0b then return #text:match("^[^%z]*%z[^%z]*%z", at) end
end

-- The elements of a message's first document, by name, and where it starts; nil: it has none that can be read.
local function document(text)
  local at = int(text, 13) == MSG and 22 or 37
  if at == 22 and text:byte(21) ~= 0 then return nil end
  if #text < at + 4 then return nil end
  local last = at + int(text, at) - 1
  if last > #text then return nil end
  local found, from = {}, at + 4
  while from < last do
    local kind, finish = text:byte(from), text:find("\\0", from + 1, true)
    if finish == nil or finish >= last then return nil end
    local length = size(kind, text, finish + 1)
    if length == nil or length < 0 or finish + length >= last then return nil end
    found[text:sub(from + 1, finish - 1)] = { kind = kind, name = from + 1, from = finish + 1, to = finish + length }
    from = finish + length + 1
  end
  return found, at
end
`;

const filter = `-- All that tells of other members, and of compression, behind which nothing could be read.
local hidden = { "setName", "hosts", "passives", "arbiters", "me", "primary", "setVersion", "electionId", "compression" }
if login then hidden[#hidden + 1] = "speculativeAuthenticate" end

local function alone(text, found)
  local primary = found.ismaster or found.isWritablePrimary
  if not (primary and primary.kind == 0x08 and found.maxWireVersion and found.maxBsonObjectSize and found.ok) then return nil end
  local changed = text
  for _, name in ipairs(hidden) do
    local element = found[name]
    if element then changed = changed:sub(1, element.name - 1) .. "_" .. changed:sub(element.name + 1) end
  end
  return changed
end

local MongoDB = { id = "mongodb", flags = 0 }
MongoDB.__index = MongoDB

function MongoDB:new()
  return setmetatable({ asked = { rest = 0 }, answered = { rest = 0 } }, MongoDB)
end

function MongoDB:start_analyze(txn, channel)
  if login or channel:is_resp() then filter.register_data_filter(self, channel) end
  return filter.CONTINUE
end

-- What stands in the place of a whole message; nil: it stays.
function MongoDB:exchanged(txn, text, answer)
  local read, found, start = pcall(document, text)
  if not read or found == nil then return nil end
  if not answer then return self:ask(txn, text, found, start) end
  return alone(text, found) or login and self:answer(txn, text, found, start) or nil
end

if login then MongoDB.ask, MongoDB.answer = ask, answer end

-- What is of interest is short; longer than this passes unread.
local most = 8192

-- What it returns is taken for the number of bytes that may pass; the others come again with more.
function MongoDB:tcp_payload(txn, channel)
  local length = channel:input()
  if length == 0 then return end
  local answer = channel:is_resp()
  local side = answer and self.answered or self.asked
  if side.strange then return end
  if side.rest >= length then
    side.rest = side.rest - length
    return
  end
  local text, passed = channel:data(), side.rest
  side.rest = 0
  while passed < #text do
    if #text - passed < 16 then return passed end
    local whole, kind = int(text, passed + 1), int(text, passed + 13)
    if whole < 16 then
      side.strange = true
      return
    end
    if whole > most or kind ~= MSG and not (answer and kind == REPLY) then
      if whole > #text - passed then
        side.rest = whole - (#text - passed)
        return
      end
      passed = passed + whole
    else
      if whole > #text - passed then return passed end
      local message = text:sub(passed + 1, passed + whole)
      local other = self:exchanged(txn, message, answer)
      if other and other ~= message then
        channel:set(other, passed, whole)
        text = text:sub(1, passed) .. other .. text:sub(passed + whole + 1)
        whole = #other
      end
      passed = passed + whole
    end
  end
  return passed
end

core.register_filter("mongodb", MongoDB, function(mongodb) return mongodb end)
`;
