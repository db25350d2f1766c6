/**
 * SCRAM (RFC 5802, 7677) translated in Lua: the application logs in as `known`, the server sees `login`. Both
 * conversations share their nonces.
 */
export const mongodbLogin = `-- A message with other values in the places of elements.
local function rewritten(text, start, changes)
  table.sort(changes, function(a, b) return a.element.from > b.element.from end)
  local added = 0
  for _, change in ipairs(changes) do
    local element = change.element
    text = text:sub(1, element.from - 1) .. change.value .. text:sub(element.to + 1)
    added = added + #change.value - (element.to - element.from + 1)
  end
  return packed(int(text, 1) + added) .. text:sub(5, start - 1) .. packed(int(text, start) + added) .. text:sub(start + 4)
end

local function said(text) return packed(#text + 1) .. text .. "\\0" end
local function binary(text) return packed(#text) .. "\\0" .. text end

-- The text of a string, or of binary data.
local function content(text, element)
  if element == nil then return nil end
  if element.kind == 0x02 then return text:sub(element.from + 4, element.to - 1) end
  if element.kind == 0x05 then return text:sub(element.from + 5, element.to) end
end

local function xor(a, b)
  local bytes = {}
  for index = 1, #a do bytes[index] = string.char(a:byte(index) ~ b:byte(index)) end
  return table.concat(bytes)
end

local function hmac(txn, hash, key, text) return txn.c:hmac(text, hash, txn.c:base64(key)) end
local function hashed(txn, hash, text) return txn.c:digest(text, hash) end

local keys = {}

-- What the server asks for takes thousands of rounds: once for each salt.
local function clientKey(txn, salt, rounds)
  local name = salt .. " " .. rounds
  if keys[name] == nil then
    local secret = txn.c:base64(login.password)
    local last = txn.c:hmac(txn.c:b64dec(salt) .. "\\0\\0\\0\\1", "sha256", secret)
    local a, b, c, d = string.unpack("<i8i8i8i8", last)
    for _ = 2, rounds do
      last = txn.c:hmac(last, "sha256", secret)
      local e, f, g, h = string.unpack("<i8i8i8i8", last)
      a, b, c, d = a ~ e, b ~ f, c ~ g, d ~ h
    end
    keys[name] = hmac(txn, "sha256", string.pack("<i8i8i8i8", a, b, c, d), "Client Key")
  end
  return keys[name]
end

local function ask(self, txn, text, found, start)
  local payload = content(text, found.payload)
  if payload == nil or found["$db"] == nil then return nil end
  local changes = { { element = found["$db"], value = said("admin") } }
  local id = int(text, 5)
  if found.saslStart then
    self.talk = nil
    local own = known[content(text, found.mechanism)]
    local name, nonce = payload:match("^n,[^,]*,n=([^,]*),r=([^,]*)$")
    if type(own) ~= "table" or name == nil then return nil end
    if name:gsub("=2C", ","):gsub("=3D", "=") ~= known.user then return nil end
    local other = "n=" .. login.user:gsub("=", "=3D"):gsub(",", "=2C") .. ",r=" .. nonce
    self.talk = { own = own, first = payload:match("^n,[^,]*,(.*)$"), other = other, id = id, step = "challenge" }
    changes[2] = { element = found.mechanism, value = said("SCRAM-SHA-256") }
    changes[3] = { element = found.payload, value = binary("n,," .. other) }
    return rewritten(text, start, changes)
  end
  local talk = self.talk
  if not found.saslContinue or talk == nil then return nil end
  talk.id = id
  if talk.step ~= "proof" then return rewritten(text, start, changes) end
  local bare, proof = payload:match("^(.*),p=([^,]*)$")
  if bare == nil then return nil end
  talk.step = "signature"
  talk.signed = talk.first .. "," .. talk.challenge .. "," .. bare
  local own = talk.own
  local signature = hmac(txn, own.hash, own.stored, talk.signed)
  proof = txn.c:b64dec(proof) or ""
  -- Whoever does not know the password says to the server what it refuses.
  local answer = string.rep("\\0", 32)
  if #proof == #signature and hashed(txn, own.hash, xor(proof, signature)) == own.stored then
    local key = clientKey(txn, talk.salt, talk.rounds)
    local signed = talk.other .. "," .. talk.asked .. "," .. bare
    answer = xor(key, hmac(txn, "sha256", hashed(txn, "sha256", key), signed))
  end
  changes[2] = { element = found.payload, value = binary(bare .. ",p=" .. txn.c:base64(answer)) }
  return rewritten(text, start, changes)
end

local function answer(self, txn, text, found, start)
  local talk = self.talk
  local payload = content(text, found.payload)
  if talk == nil or payload == nil or int(text, 9) ~= talk.id then return nil end
  local other
  if talk.step == "challenge" then
    local nonce, salt, rounds = payload:match("^r=([^,]*),s=([^,]*),i=(%d+)$")
    if nonce == nil then return nil end
    talk.step, talk.asked, talk.salt, talk.rounds = "proof", payload, salt, tonumber(rounds)
    talk.challenge = "r=" .. nonce .. ",s=" .. talk.own.salt .. ",i=" .. talk.own.rounds
    other = talk.challenge
  elseif talk.step == "signature" and payload:sub(1, 2) == "v=" then
    talk.step = "done"
    other = "v=" .. txn.c:base64(hmac(txn, talk.own.hash, talk.own.server, talk.signed))
  else
    return nil
  end
  return rewritten(text, start, { { element = found.payload, value = binary(other) } })
end
`;
