package dev.remora.sidecar.launch;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RehearsalTrafficTest {
    @Test
    void allOfItArrives(@TempDir Path folder) {
        RehearsalTraffic.Amounts few = new RehearsalTraffic.Amounts(1 << 20, 10, 5);

        assertThatCode(() -> RehearsalTraffic.run(folder, few)).doesNotThrowAnyException();
    }
}
