package dev.remora.lab.docker;

import dev.remora.lab.net.Host;
import dev.remora.lab.net.Network;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabFolder;
import dev.remora.lab.run.Result;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The machine's Docker engine for labs, plugged into one lab's network until that is closed. To the lab it is a host, behind whose address all containers are.
public final class DockerEngine implements AutoCloseable {
    private static final String NAMESPACE = "remora-docker";

    /// What labs name what they make.
    private static final Pattern OF_A_LAB = Pattern.compile("rl[0-9a-f]+x[0-9]+-.*");

    private final LabFolder folder;
    private final DockerCommand command;
    private final FileChannel turn;
    private final Host host;
    private final List<ComposeStack> stacks = new ArrayList<>();

    private DockerEngine(LabFolder folder, DockerCommand command, FileChannel turn, Host host) {
        this.folder = folder;
        this.command = command;
        this.turn = turn;
        this.host = host;
    }

    /// Why there can be no engine here, in a sentence; empty if there is one.
    public static String obstacle() {
        return Machine.OBSTACLE;
    }

    /// Waits until no other lab uses the engine, clears away what crashed ones left there, and plugs it into this network.
    public static DockerEngine join(LabFolder folder, Network network) {
        DockerCommand command =
                Machine.COMMAND.orElseThrow(() -> new LabException(Machine.OBSTACLE));
        FileChannel turn = takeTurn(folder.path().resolveSibling("docker.lock"));
        Host host = network.adopt("docker", NAMESPACE);
        DockerEngine engine = new DockerEngine(folder, command, turn, host);
        engine.remove(OF_A_LAB);
        return engine;
    }

    private static FileChannel takeTurn(Path file) {
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.lock(); // goes with the channel, or with the process
            return channel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The engine as a host of the lab's: what the network sees of all containers.
    public Host host() {
        return host;
    }

    /// A stack of this name out of these files, which has not been started yet.
    public ComposeStack stack(String name, ComposeFiles files) {
        return stack(name, files, ComposeProgram.PLUGIN);
    }

    /// The same for this version of Compose.
    public ComposeStack stack(String name, ComposeFiles files, ComposeProgram program) {
        ComposeStack stack = new ComposeStack(this, folder.id() + "-" + name, files, program);
        files.writeTo(stack.folder());
        stacks.add(stack);
        return stack;
    }

    /// Makes sure that a stack which names this image gets what this repository holds. It is built once in a JVM; its name may have been given to another one since.
    public String image(DockerImage image) {
        String built = Machine.IMAGES.computeIfAbsent(image, this::build);
        docker("tag", built, image.tag()).orThrow();
        return image.tag();
    }

    private String build(DockerImage image) {
        List<String> words = new ArrayList<>(List.of("build", "--quiet", "--tag", image.tag()));
        words.addAll(image.recipe());
        return docker(words.toArray(String[]::new)).orThrow().stdout().strip();
    }

    Path folder(String project) {
        return folder.folder("docker/" + project);
    }

    /// Runs `docker` with these words.
    public Result docker(String... words) {
        return command.run(words);
    }

    DockerCommand command() {
        return command;
    }

    /// Ends the engine in an orderly way and starts it again, with all containers that are to come back.
    public void restart() {
        command.restartEngine();
    }

    /// Prints the end of what each container has said.
    public void printLogs(PrintStream out) {
        for (ComposeStack stack : stacks) {
            out.println("==== " + stack);
            out.println(stack.compose("ps", "--all").output());
            out.println(stack.compose("logs", "--no-color", "--tail=60").output());
        }
    }

    /// Removes everything that this lab has made here, and leaves the engine as it found it.
    public void clear() {
        remove(Pattern.compile(Pattern.quote(folder.id() + "-") + ".*"));
        stacks.clear();
    }

    private void remove(Pattern names) {
        removeThose(names, "ps -a --format {{.Names}}", "rm -f -v");
        removeThose(names, "network ls --format {{.Name}}", "network rm");
        removeThose(names, "volume ls --format {{.Name}}", "volume rm -f");
        removeThose(names, "images --format {{.Repository}}", "rmi -f");
    }

    private void removeThose(Pattern names, String list, String remove) {
        List<String> found =
                docker(list.split(" "))
                        .stdout()
                        .lines()
                        .filter(name -> names.matcher(name).matches())
                        .toList();
        if (!found.isEmpty()) {
            docker(
                    Stream.concat(Stream.of(remove.split(" ")), found.stream())
                            .toArray(String[]::new));
        }
    }

    @Override
    public void close() {
        clear();
        try {
            turn.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
