package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.boot.ServeFile.Content;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeFileTest {
    @TempDir private Path directory;

    @Test
    void tellsEachChangeOnce() throws Exception {
        Path file = directory.resolve("serve.json");
        ServeFile serve = new ServeFile(file);

        assertThat(serve.change().orElseThrow()).isInstanceOf(Content.Nothing.class);
        assertThat(serve.change()).isEmpty();
        Files.writeString(file, "{}");
        assertThat(settled(serve)).contains(new Content.Text("{}"));
        assertThat(serve.change()).isEmpty();
        Files.writeString(file, "");
        assertThat(settled(serve).orElseThrow()).isInstanceOf(Content.Nothing.class);
    }

    /// What two looks find.
    private static Optional<Content> settled(ServeFile serve) {
        assertThat(serve.change()).isEmpty();
        return serve.change();
    }

    @Test
    void whatIsHalfWrittenIsNotTold() throws Exception {
        Path file = Files.writeString(directory.resolve("serve.json"), "{}");
        ServeFile serve = new ServeFile(file);
        assertThat(serve.change()).contains(new Content.Text("{}"));

        Files.writeString(file, "{\"TCP\":");
        assertThat(serve.change()).isEmpty();
        Files.writeString(file, "{\"TCP\":{}}");
        assertThat(settled(serve)).contains(new Content.Text("{\"TCP\":{}}"));
        Files.delete(file);
        assertThat(serve.change()).isEmpty();
        Files.writeString(file, "\ufeff{\"TCP\":{}}");
        assertThat(settled(serve)).isEmpty();
    }

    /// As Kubernetes swaps the files of a volume.
    @Test
    void followsALinkThatPointsElsewhere() throws Exception {
        Files.writeString(
                Files.createDirectory(directory.resolve("1")).resolve("s"), "{\"one\":1}");
        Files.writeString(
                Files.createDirectory(directory.resolve("2")).resolve("s"), "{\"two\":2}");
        Path data = Files.createSymbolicLink(directory.resolve("data"), directory.resolve("1"));
        ServeFile serve = new ServeFile(data.resolve("s"));

        assertThat(serve.change()).contains(new Content.Text("{\"one\":1}"));
        Files.delete(data);
        Files.createSymbolicLink(data, directory.resolve("2"));
        assertThat(settled(serve)).contains(new Content.Text("{\"two\":2}"));
    }

    @Test
    void fillsInTheDomainOfNoCertificate() throws Exception {
        Path file = directory.resolve("serve.json");
        Files.writeString(file, "{\"Web\":{\"${TS_CERT_DOMAIN}:443\":{}}}");

        assertThat(new ServeFile(file).change())
                .contains(new Content.Text("{\"Web\":{\"no-https:443\":{}}}"));
    }

    @Test
    void survivesWhatIsNoFile() throws Exception {
        assertThat(new ServeFile(directory).change().orElseThrow().toString())
                .contains("is a directory");
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        assertThat(new ServeFile(pipe).change().orElseThrow().toString())
                .contains("is no ordinary file");
    }
}
