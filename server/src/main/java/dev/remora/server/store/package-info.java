/// What the control server keeps on disk, behind one interface.
///
/// [Storage] takes groups of [Write]s, each group whole or not at all, and gives everything back at the next start. Reads in
/// between come from memory (`server.tailnet`), so an implementation needs no queries. [SqliteStorage] is one file in WAL
/// mode; its tables are made by the migrations in `resources/…/store/sqlite`, which nobody changes after a release.
@NullMarked
package dev.remora.server.store;

import org.jspecify.annotations.NullMarked;
