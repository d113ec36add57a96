package dev.remora.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildTest {
    @Test
    void knowsItsCommitAndWhetherItWasChanged() {
        String commit = "1997509c0ffee1997509c0ffee1997509c0ffee0";

        assertThat(Build.of("0.1.0-SNAPSHOT", commit + "-dirty"))
                .isEqualTo(new Build("0.1.0", commit, true));
        assertThat(Build.of("0.2.0", commit)).isEqualTo(new Build("0.2.0", commit, false));
    }

    @Test
    void whatTheBuildWroteIsRead() {
        Build build = Build.ofThisProgram();

        assertThat(build.version()).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
        assertThat(build.commit()).matches("unknown|[0-9a-f]{40}");
        assertThat(build.json()).contains("\"commit\":\"" + build.commit() + "\"", "\"java\":{");
    }
}
