-- One operation for wrk: wrk -s wrk.lua URL -- OPERATION PRODUCTS AS_OF [AUTHORIZATION]. Prints one line of JSON in the end.
-- The paths and bodies are Stockbook's; the FastAPI service understands the same ones.

local threads = {}

function setup(thread)
  local number = #threads + 1
  table.insert(threads, thread)
  thread:set("number", number)
end

local random = math.random
local json = {["Content-Type"] = "application/json"}

-- A fresh random key for every write, as a client that retries safely sends it.
local function post(path, body)
  json["Idempotency-Key"] = string.format("%08x-%08x-%08x-%08x",
    random(0, 0xffffffff), random(0, 0xffffffff), random(0, 0xffffffff), random(0, 0xffffffff))
  return wrk.format("POST", path, json, body)
end

local function line(product)
  return '{"product_id":' .. product .. ',"location_id":1,"quantity":1}'
end

local function issue(lines)
  return post("/stock-movements", '{"kind":"issue","lines":[' .. lines .. ']}')
end

local materials = {"steel", "glass", "wooden", "copper", "paper", "linen", "rubber", "silver", "marble", "bamboo",
  "cotton", "leather", "plastic", "ceramic", "iron", "velvet", "cork", "stone", "woollen", "brass"}
local things = {"kettle", "cup", "plate", "lamp", "chair", "table", "box", "basket", "mirror", "clock", "vase",
  "candle", "bowl", "jug", "spoon", "knife", "board", "tray", "hook", "shelf", "rug", "bell", "frame"}

local products, as_of

local operations = {
  get = function() return wrk.format("GET", "/products/" .. random(products)) end,
  page = function() return wrk.format("GET", "/products?limit=50&category_id=" .. random(100)) end,
  search = function()
    return wrk.format("GET", "/products?limit=50&q=" .. materials[random(#materials)] .. "%20" .. things[random(#things)])
  end,
  hot = function() return issue(line(1)) end,
  spread = function() return issue(line(random(products))) end,
  reserve = function() return post("/reservations", '{"lines":[' .. line(2) .. ']}') end,
  order = function()
    local first = random(products - 4)
    return issue(line(first) .. "," .. line(first + 1) .. "," .. line(first + 2) .. "," .. line(first + 3) .. "," .. line(first + 4))
  end,
  as_of = function() return wrk.format("GET", "/stock-levels?product_id=" .. random(products) .. "&as_of=" .. as_of) end,
}

function init(args)
  products, as_of = tonumber(args[2]), args[3]
  if args[4] and args[4] ~= "" then
    wrk.headers["Authorization"], json["Authorization"] = args[4], args[4]
  end
  local file = io.open("/dev/urandom", "rb")
  local a, b, c = file:read(3):byte(1, 3)
  file:close()
  math.randomseed((a * 65536 + b * 256 + c) * 64 + number)
  request = operations[args[1]]
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"duration_us":%d,"refused":%d,"broken":%d,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
