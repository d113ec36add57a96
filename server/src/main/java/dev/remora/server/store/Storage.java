package dev.remora.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Where the control server's state survives. May be called by any thread.
///
/// An [IOException] says in one sentence, for people, why something was not done; then nothing of it was.
public interface Storage extends AutoCloseable {
    /// Everything there is.
    Kept load() throws IOException;

    /// Keeps all of it or nothing. When this returns, a crash or a power cut takes none of it back.
    void write(List<Write> writes) throws IOException;

    /// The newest entries of the audit log, the newest first.
    List<AuditEntry> audit(int atMost) throws IOException;

    /// The newest policies, the one in force first.
    List<PolicyVersion> policies(int atMost) throws IOException;

    /// Copies everything into a new file, while the server goes on.
    void backup(Path target) throws IOException;

    /// Fails when the storage cannot be reached.
    void check() throws IOException;

    @Override
    void close() throws IOException;
}
