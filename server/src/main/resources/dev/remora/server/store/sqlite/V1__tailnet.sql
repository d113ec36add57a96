-- Times are milliseconds since 1970, UTC. Lists are JSON. Keys have their prefix, as on the wire.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL,
    picture_url TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE auth_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lookup TEXT NOT NULL UNIQUE,
    secret_sha256 TEXT NOT NULL,
    user_id INTEGER REFERENCES users (id),
    tags TEXT NOT NULL,
    reusable INTEGER NOT NULL,
    ephemeral INTEGER NOT NULL,
    preauthorized INTEGER NOT NULL,
    take_over_name INTEGER NOT NULL,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER,
    revoked_at INTEGER,
    CHECK (user_id IS NOT NULL OR tags <> '[]')
) STRICT;

CREATE TABLE nodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    machine_key TEXT NOT NULL,
    node_key TEXT NOT NULL UNIQUE,
    disco_key TEXT NOT NULL,
    user_id INTEGER REFERENCES users (id),
    tags TEXT NOT NULL,
    hostname TEXT NOT NULL,
    label TEXT NOT NULL UNIQUE,
    label_fixed INTEGER NOT NULL,
    ipv4 TEXT NOT NULL UNIQUE,
    ipv6 TEXT NOT NULL UNIQUE,
    hostinfo TEXT NOT NULL,
    endpoints TEXT NOT NULL,
    home_derp INTEGER NOT NULL,
    cap_version INTEGER NOT NULL,
    approved_routes TEXT NOT NULL,
    ephemeral INTEGER NOT NULL,
    authorized INTEGER NOT NULL,
    register_method TEXT NOT NULL,
    auth_key_id INTEGER REFERENCES auth_keys (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_seen INTEGER NOT NULL,
    CHECK ((user_id IS NULL) <> (tags = '[]'))
) STRICT;

-- One machine is one node for each user, and one node with tags.
CREATE UNIQUE INDEX node_identity ON nodes (machine_key, coalesce(user_id, 0));
CREATE INDEX nodes_of_auth_key ON nodes (auth_key_id);

-- The newest one is in force.
CREATE TABLE policies (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL
) STRICT;
