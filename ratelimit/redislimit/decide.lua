-- One call about one key, under all the policies that are asked at once.
--
-- KEYS     one for each policy, all in one slot
-- ARGV[1]  take, peek, refund or probe
-- ARGV[2]  the cost, in units
-- ARGV[3]  microseconds to add to the clock: 0, but in tests
-- then for each policy
--   r, interval, room             a rate, both in microseconds
--   q, limit, e0, e1, e2, e3      a quota, and the seconds since 1970 at which
--                                 its last, present and next two periods end,
--                                 on the caller's clock
--
-- The value of a rate is its theoretical arrival time, in microseconds since
-- 1970: when no units are taken. That of a quota is "end:units": the second at
-- which its period ends, and the units taken in it.
--
-- The reply is {1 or 0, a, b, a, b, ...}: admitted or not, and for each policy
--   a rate    the microseconds until no units are taken, and 0
--   a quota   the microseconds until its period ends, and the units taken
-- or {-1, s}: Redis's clock, at second s, is outside the ends of a quota;
-- or {-2, i}: KEYS[i] is not a string, so another program has written it.
-- Nothing is charged, and the key is left alone.
--
-- Numbers are doubles, exact up to 2^53, which microseconds since 1970 reach
-- in the year 2255. redis.call writes whole ones as such, but Lua's own
-- conversion to a string does not.

local op, cost = ARGV[1], tonumber(ARGV[2])
if op == 'probe' then
    redis.call('SET', KEYS[1], '', 'PX', 1000)
    return {1}
end

local now = redis.call('TIME')
now = now[1] * 1000000 + now[2] + ARGV[3]

local stored = {}
for i, key in ipairs(KEYS) do
    local value = redis.pcall('GET', key)
    if type(value) == 'table' then -- an error
        if string.find(value.err, 'WRONGTYPE', 1, true) then
            return {-2, i}
        end
        return value
    end
    stored[i] = value
end

local admitted, dirty, a = 1, false, 4
local taken, add, ends = {}, {}, {}
for i, value in ipairs(stored) do
    local t, room = 0, nil
    if ARGV[a] == 'r' then
        room, add[i] = tonumber(ARGV[a + 2]), cost * ARGV[a + 1]
        if value then
            t = (tonumber(value) or 0) - now
            if not (t > 0) then
                t = 0
            elseif t > room then
                -- More than a burst is taken only if the clock was set back.
                -- It is written in any case: otherwise the key would stay
                -- full until the clock has caught up.
                t, dirty = room, true
            end
        end
        a = a + 3
    else
        room, add[i] = tonumber(ARGV[a + 1]), cost
        local present, following = ARGV[a + 3] * 1000000, ARGV[a + 4] * 1000000
        if now < ARGV[a + 2] * 1000000 or now >= following then
            return {-1, math.floor(now / 1000000)}
        end
        if now >= present then
            present, following = following, ARGV[a + 5] * 1000000
        end
        local last, units = string.match(value or '', '^(%d+):(%d+)$')
        last = (tonumber(last) or 0) * 1000000
        if last > now then
            t = tonumber(units)
            if last > following then
                dirty = true -- the clock was set back, and far
            elseif last > present then
                present = last -- a period is never left backwards
            end
        end
        ends[i] = present
        a = a + 6
    end
    taken[i] = t
    if t + add[i] > room then
        admitted = 0
    end
end

if op == 'refund' then
    for i = 1, #taken do
        taken[i] = math.max(taken[i] - add[i], 0)
    end
elseif op == 'take' and admitted == 1 then
    for i = 1, #taken do
        taken[i] = taken[i] + add[i]
    end
elseif not dirty then
    op = nil -- there is nothing to write
end

local reply = {admitted}
for i, t in ipairs(taken) do
    local rest, key = ends[i] and ends[i] - now or t, KEYS[i]
    reply[2 * i], reply[2 * i + 1] = rest, ends[i] and t or 0
    if op then
        if t == 0 then
            if stored[i] then
                redis.call('DEL', key)
            end
        elseif ends[i] then
            local value = string.format('%.0f:%.0f', ends[i] / 1000000, t)
            redis.call('SET', key, value, 'PX', math.ceil(rest / 1000))
        else
            redis.call('SET', key, now + t, 'PX', math.ceil(rest / 1000))
        end
    end
end
return reply
