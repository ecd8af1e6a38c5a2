-- Sends the requests of the file REQUESTS in turn, which a zero byte separates, and prints what came of them as JSON.
local requests, last = {}, 0

function init()
    local file = assert(io.open(os.getenv("REQUESTS"), "rb"))
    for text in file:read("*a"):gmatch("%Z+") do
        requests[#requests + 1] = text
    end
    file:close()
end

function request()
    last = last % #requests + 1
    return requests[last]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format('{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
