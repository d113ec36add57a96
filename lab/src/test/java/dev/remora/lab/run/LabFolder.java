package dev.remora.lab.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// The folder of one lab under the system's temporary directory: its logs and states, and the notes by which
/// another lab can clear it away if our JVM dies first.
///
///     remora-lab/rl1a2bx1/owner        the JVM that made it: process id and start time
///                         processes/N  a process started for it: the same two
///                         logs/  …     whatever the programs write
///
/// The folder's name, `rl`, our process id in hexadecimal, `x` and a counter, is also the prefix of everything that
/// this lab makes outside of it, such as namespaces.
public final class LabFolder {
    private static final Path ROOT = Path.of(System.getProperty("java.io.tmpdir"), "remora-lab");
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final String id;
    private final Path path;

    private LabFolder(String id, Path path) {
        this.id = id;
        this.path = path;
    }

    /// Makes a new folder that belongs to this JVM.
    public static LabFolder create() {
        ProcessId owner = ProcessId.ours();
        String id = "rl%xx%d".formatted(owner.pid(), COUNTER.incrementAndGet());
        Path path = ROOT.resolve(id);
        try {
            Files.createDirectories(ROOT);
            // The owner's note must be in it from the first moment that others can see the folder.
            Path aside = Files.createTempDirectory(ROOT, "new-");
            Files.writeString(aside.resolve("owner"), owner.toString());
            Files.createDirectory(aside.resolve("processes"));
            Files.createDirectory(aside.resolve("logs"));
            Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new LabFolder(id, path);
    }

    /// The folders whose JVM is gone. Whoever calls this clears them away.
    public static List<LabFolder> abandoned() {
        List<LabFolder> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(ROOT, "rl*")) {
            for (Path folder : folders) {
                Path name = folder.getFileName();
                if (name != null && !isOwned(folder)) {
                    found.add(new LabFolder(name.toString(), folder));
                }
            }
        } catch (NoSuchFileException e) {
            return found; // the first lab on this machine
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static boolean isOwned(Path folder) throws IOException {
        try {
            return ProcessId.parse(Files.readString(folder.resolve("owner"))).isAlive();
        } catch (NoSuchFileException e) {
            return false; // somebody is removing it at this moment, or was ended while doing so
        }
    }

    /// The prefix of all that this lab makes outside of its folder.
    public String id() {
        return id;
    }

    public Path path() {
        return path;
    }

    /// A folder inside, made when it is not there yet.
    public Path folder(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path log(String name) {
        return path.resolve("logs").resolve(name + ".log");
    }

    /// Every log there is, in the order of their names.
    public List<Path> logs() {
        try (Stream<Path> files = Files.list(path.resolve("logs"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void noteProcess(ProcessId process) {
        try {
            Path note = path.resolve("processes").resolve(Long.toString(process.pid()));
            Files.writeString(note, process.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void forgetProcess(ProcessId process) {
        try {
            Files.deleteIfExists(path.resolve("processes").resolve(Long.toString(process.pid())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends every process noted here that still runs.
    public void killProcesses() {
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(path.resolve("processes"))) {
            for (Path note : notes) {
                ProcessId.parse(Files.readString(note)).kill();
            }
        } catch (NoSuchFileException e) {
            return; // another lab is clearing it away too
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Removes the folder with all that is in it, the owner's note last.
    public void delete() {
        Path owner = path.resolve("owner");
        try (Stream<Path> all = Files.walk(path)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                if (!file.equals(owner) && !file.equals(path)) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(owner);
            Files.deleteIfExists(path);
        } catch (NoSuchFileException | UncheckedIOException e) {
            return; // another lab is clearing it away too, and was faster
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
