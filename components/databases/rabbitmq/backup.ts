import type { Backup } from "../backup";

/** Definitions: users, virtual hosts, queues, exchanges, bindings and policies. */
export const rabbitmqBackup: Backup = {
  kind: "dump",
  dump: "rabbitmqctl --quiet export_definitions -",
  restore: [
    "set -e",
    "file=$(mktemp)",
    'cat > "$file"',
    // The server reads the file as a user of its own.
    'chmod 644 "$file"',
    'rabbitmqctl --quiet import_definitions "$file"',
    'rm "$file"',
    // The definitions hold passwords, and the user of this stack keeps its own.
    '[ -z "${RABBITMQ_DEFAULT_PASS:-}" ] || rabbitmqctl --quiet change_password "$RABBITMQ_DEFAULT_USER" "$RABBITMQ_DEFAULT_PASS"',
  ].join("\n"),
  count: "rabbitmqctl --quiet --no-table-headers list_queues name | wc -l",
  without: "messages that wait in its queues",
};
