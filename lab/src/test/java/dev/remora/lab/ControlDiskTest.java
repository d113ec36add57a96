package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.crowd.LoopbackRemora;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Our control server on a disk of its own that is full while two people work.
@Tag("host")
@ExtendWith(LabExtension.class)
class ControlDiskTest {
    private final List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final List<String> refused = Collections.synchronizedList(new ArrayList<>());
    private final List<Result> refusals = Collections.synchronizedList(new ArrayList<>());

    @Test
    void whatIsAcknowledgedStaysWhatIsRefusedNeverComesAndRoomHealsIt(Lab lab) throws Exception {
        Path disk = Files.createDirectory(lab.folder().resolve("small-disk"));
        Shell.run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()).orThrow();
        try {
            LoopbackRemora control = LoopbackRemora.start(lab, disk.resolve("state"));
            twoWrite(control, "before");
            assertThat(refusals).isEmpty();

            Path filler = disk.resolve("filler");
            fill(filler);
            while (refusals.isEmpty()) { // the log of the database may have room left
                twoWrite(control, "full");
            }
            twoWrite(control, "still");
            assertThat(refusals)
                    .extracting(Result::output)
                    .allMatch(said -> said.contains("the disk is full"));

            Files.delete(filler);
            refusals.clear();
            twoWrite(control, "after");
            assertThat(refusals).isEmpty();
            assertAllIsThere(control);
            control.kill();
            control.start();
            assertAllIsThere(control);
            control.process().stop();
        } finally {
            Shell.run("umount", "-l", disk.toString()).orThrow();
        }
    }

    private static void fill(Path filler) {
        byte[] piece = new byte[1024];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(piece);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private void twoWrite(LoopbackRemora control, String prefix) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> writers = new ArrayList<>();
            for (String writer : List.of("a", "b")) {
                writers.add(
                        threads.submit(
                                () -> create(control, prefix + acknowledged.size() + writer)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
    }

    private void create(LoopbackRemora control, String name) {
        Result result = control.cli("users", "create", name);
        if (result.ok()) {
            acknowledged.add(name);
        } else {
            refused.add(name);
            refusals.add(result);
        }
    }

    private void assertAllIsThere(LoopbackRemora control) {
        assertThat(control.users()).containsAll(acknowledged).doesNotContainAnyElementsOf(refused);
    }
}
