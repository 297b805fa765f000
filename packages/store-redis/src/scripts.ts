/*
 * The Lua scripts. Each runs as one atomic step, and all its keys are in one hash slot. They are sent as they are, by EVAL:
 * that costs some 15 µs more than EVALSHA, and there is no script that a server may have forgotten.
 */

/**
 * Writes a record if the one that is there begins as expected.
 *
 * A script may be sent again after a lost connection, so its second run finds its own record and says the same as the first.
 * The index comes first: Redis undoes nothing of a script that fails in the middle, and a record without its member would
 * never be listed. Each write also takes a few records whose time is over out of the index: Redis has deleted them by itself.
 */
export const WRITE = `
local record, index, ends = KEYS[1], KEYS[2], KEYS[3]
local expected, head, text, member, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local found = redis.call('GETRANGE', record, 0, #head - 1)
if found == head then return 1 end
if expected ~= '' and found ~= expected then return 0 end
if expected == '' and redis.call('EXISTS', record) == 1 then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', index, 0, member)
if ttl == '' then
  redis.call('ZREM', ends, member)
  redis.call('SET', record, text)
else
  redis.call('ZADD', ends, now + ttl, member)
  redis.call('SET', record, text, 'PX', ttl)
end
local over = redis.call('ZRANGEBYSCORE', ends, '-inf', now - 1000, 'LIMIT', 0, 10)
for _, each in ipairs(over) do
  redis.call('ZREM', index, each)
  redis.call('ZREM', ends, each)
end
return 1`;

/** Deletes a record, if it begins as expected when something is expected. */
export const DELETE = `
local record, index, ends = KEYS[1], KEYS[2], KEYS[3]
local expected, member = ARGV[1], ARGV[2]
if expected ~= '' and redis.call('GETRANGE', record, 0, #expected - 1) ~= expected then return 0 end
local deleted = redis.call('DEL', record)
redis.call('ZREM', index, member)
redis.call('ZREM', ends, member)
return deleted`;

/** Reads a record from the primary server, where GET might be sent to a replica. */
export const READ = `return redis.call('GET', KEYS[1])`;

/** Lists members of an index, from one on: those that begin with a text, of which no byte is 255. */
export const LIST = `
return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '[' .. ARGV[2] .. '\\255', 'LIMIT', 0, ARGV[3])`;

/** Tells which members have a record, by their positions, and takes the others out of the index. */
export const VERIFY = `
local present = {}
for position, member in ipairs(ARGV) do
  if redis.call('EXISTS', KEYS[position + 1]) == 1 then present[#present + 1] = position - 1
  else redis.call('ZREM', KEYS[1], member) end
end
return present`;

/** Takes a lock that nobody has; a second run by the same owner has it already. */
export const ACQUIRE = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

/** Makes a lock last, if this owner has it. */
export const EXTEND = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** Gives a lock back, if this owner has it. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/** Writes and deletes a probe, by each command that the other scripts run. */
export const PROBE = `
redis.call('SET', KEYS[1], 'probe', 'PX', 10000)
redis.call('PEXPIRE', KEYS[1], 10000)
redis.call('GET', KEYS[1])
redis.call('GETRANGE', KEYS[1], 0, 0)
redis.call('EXISTS', KEYS[1])
redis.call('TIME')
redis.call('DEL', KEYS[1])
redis.call('ZADD', KEYS[1], 0, 'probe')
redis.call('ZRANGEBYLEX', KEYS[1], '-', '+')
redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf')
redis.call('ZREM', KEYS[1], 'probe')
return 1`;

/** Tells the server's time. */
export const TIME = `return redis.call('TIME')`;

/** Runs a command, for clients that have only EVAL; some commands are not allowed in a script. */
export const COMMAND = `return redis.call(unpack(ARGV))`;
