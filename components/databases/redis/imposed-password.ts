import type { Filter } from "../haproxy/haproxy";
import { luaBytes } from "../haproxy/lua";
import type { Upstream } from "../proxy";

/**
 * A filter of HAProxy (https://www.arpalert.org/src/haproxy-lua-api/3.2/) that gives a Redis server the password that
 * its cloud made, in place of the one that the application knows, or where it knows none; undefined: none is imposed.
 */
export function imposedPassword({ client, server }: Upstream): Filter | undefined {
  if (server?.password === undefined) return undefined;
  const lua = `local imposed = ${luaBytes(server.password)}
local user = ${luaBytes(server.user)}
local known = ${client?.password === undefined ? "nil" : luaBytes(client.password)}

local function bulk(text) return "$" .. #text .. "\\r\\n" .. text .. "\\r\\n" end

-- Servers before Redis 6 know no users.
local auth = user == "default" and "*2\\r\\n" .. bulk("AUTH") .. bulk(imposed)
  or "*3\\r\\n" .. bulk("AUTH") .. bulk(user) .. bulk(imposed)

-- The words of the command at a place of a text, where each is, and where the next command is; nil: it is not whole.
local function command(text, from)
  local count, at = text:match("^%*(%d+)\\r\\n()", from)
  if count == nil then return nil end
  local words = {}
  for _ = 1, tonumber(count) do
    local length, start = text:match("^%$(%d+)\\r\\n()", at)
    if length == nil or #text < start + length + 1 then return nil end
    words[#words + 1] = { text = text:sub(start, start + length - 1), from = at, to = start + length + 2 }
    at = start + length + 2
  end
  return words, at
end

-- The known password among a command's words.
local function password(words)
  local name = words[1] and words[1].text:upper()
  if name == "AUTH" then return words[#words] end
  if name ~= "HELLO" then return nil end
  for index, word in ipairs(words) do
    if word.text:upper() == "AUTH" then return words[index + 2] end
  end
end

local Password = { id = "imposed password", flags = 0 }
Password.__index = Password

function Password:new()
  return setmetatable({ asked = false, answered = known ~= nil, commands = 0 }, Password)
end

function Password:start_analyze(txn, channel)
  filter.register_data_filter(self, channel)
  return filter.CONTINUE
end

-- Puts the imposed password in the place of the known one, at the start of a connection.
function Password:exchange(channel)
  local text, at = channel:data(), 1
  while at <= #text do
    local words, after = command(text, at)
    if words == nil then
      self.asked = text:sub(at, at) ~= "*" or #text > 8192
      return not self.asked and filter.WAIT or nil
    end
    self.commands = self.commands + 1
    local found = password(words)
    self.asked = found ~= nil or self.commands == 16
    if found ~= nil and found.text == known then
      channel:set(text:sub(1, found.from - 1) .. bulk(imposed) .. text:sub(found.to))
    end
    if self.asked then return end
    at = after
  end
end

-- The answer to what the client never said is not for it.
function Password:swallow(channel)
  local answer = channel:data():match("^[^\\n]*\\n")
  if answer == nil then return filter.WAIT end
  if answer ~= "+OK\\r\\n" then return filter.ERROR end
  self.answered = true
  channel:remove(0, #answer)
end

-- What it returns is taken for the number of bytes that may pass; nothing: all of them.
function Password:tcp_payload(txn, channel)
  -- Called without data too, and then there is none to be had.
  if channel:input() == 0 then return end
  if channel:is_resp() then
    if not self.answered then return self:swallow(channel) end
  elseif not self.asked then
    if known ~= nil then return self:exchange(channel) end
    self.asked = true
    channel:prepend(auth)
  end
end

core.register_filter("imposed-password", Password, function(password) return password end)
`;
  return { name: "imposed-password", lua };
}
