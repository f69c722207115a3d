import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** The SQL of `TaskStore`. */
export function prepareTaskStatements(db: DatabaseSync) {
  const to = (sql: string): StatementSync => db.prepare(sql)
  const isDue = `state IN ('delayed', 'backoff')`
  return {
    insert: to(`INSERT INTO tasks
      (seq, id, service, name, version, key, lane, priority, state, turn, due_at, attempt, trace, at, payload)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    remove: to('DELETE FROM tasks WHERE seq = ?'),
    byId: to('SELECT * FROM tasks WHERE id = ?'),
    running: to(`SELECT * FROM tasks WHERE state = 'running'`),
    counts: to('SELECT service, name, lane, state, count(*) AS count FROM tasks GROUP BY service, name, lane, state'),
    last: to('SELECT coalesce(max(seq), 0) AS seq, coalesce(max(turn), 0) AS turn FROM tasks'),
    interrupt: to(
      'UPDATE tasks SET interruptions = interruptions + 1 WHERE seq = ? RETURNING interruptions, cancelled',
    ),
    ready: to(`SELECT * FROM tasks WHERE service = ? AND name = ? AND state = 'ready' ORDER BY priority, turn LIMIT ?`),
    claim: to(`UPDATE tasks SET state = 'running', attempt = attempt + 1 WHERE seq = ?`),
    setState: to('UPDATE tasks SET state = ? WHERE seq = ?'),
    place: to('UPDATE tasks SET state = ?, turn = ? WHERE seq = ?'),
    retry: to(`UPDATE tasks SET state = 'backoff', failures = failures + 1, due_at = ? WHERE seq = ?`),
    progress: to('UPDATE tasks SET progress = ? WHERE seq = ?'),
    flagCancelled: to('UPDATE tasks SET cancelled = 1 WHERE seq = ?'),
    nextInLane: to(`SELECT * FROM tasks WHERE service = ? AND lane = ? AND state = 'queued' ORDER BY turn LIMIT 1`),
    due: to(`SELECT * FROM tasks WHERE ${isDue} AND due_at <= ? ORDER BY due_at, turn`),
    nextDue: to(`SELECT min(due_at) AS due_at FROM tasks WHERE ${isDue}`),
    key: to('SELECT task_id, expires_at FROM keys WHERE service = ? AND name = ? AND key = ?'),
    takeKey: to('INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, NULL)'),
    expireKey: to('UPDATE keys SET expires_at = ? WHERE service = ? AND name = ? AND key = ?'),
    freeKey: to('DELETE FROM keys WHERE service = ? AND name = ? AND key = ?'),
    pruneKeys: to(`DELETE FROM keys WHERE (service, name, key) IN
      (SELECT service, name, key FROM keys WHERE expires_at <= ? LIMIT ?)`),
  }
}
