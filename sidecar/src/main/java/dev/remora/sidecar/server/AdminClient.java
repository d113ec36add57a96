package dev.remora.sidecar.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.server.admin.AdminServer;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.HttpAnswer;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.config.JsonTree;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Asks the server that runs on a state directory, over the socket in it: one connection for each question.
final class AdminClient {
    private final Path socket;
    private final String user;

    /// @param user in whose name everything is asked
    AdminClient(Path state, String user) {
        this.socket = state.resolve(AdminServer.SOCKET);
        this.user = user;
    }

    /// Empty if no server listens there.
    ///
    /// @param verb such as `users/create`
    /// @throws CommandException with the server's sentence, if it refuses
    Optional<Tree> ask(String verb, Map<String, String> parameters) throws CommandException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                requireNobody(e);
                return Optional.empty();
            }
            return Optional.of(exchange(channel, verb, parameters));
        } catch (IOException e) {
            throw new CommandException(
                    "the server on " + socket + " does not answer: " + e.getMessage());
        }
    }

    /// A socket that is there and may not be used is not the same as none.
    private void requireNobody(IOException e) throws CommandException {
        if (String.valueOf(e.getMessage())
                .toLowerCase(java.util.Locale.ROOT)
                .contains("permission")) {
            throw new CommandException(
                    "you may not use "
                            + socket
                            + ": call this as the user that the server runs as");
        }
    }

    private Tree exchange(SocketChannel channel, String verb, Map<String, String> parameters)
            throws IOException, CommandException {
        byte[] body = JsonTree.compact(parameters).getBytes(UTF_8);
        String head =
                "POST "
                        + AdminServer.PREFIX
                        + verb
                        + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + AdminServer.USER
                        + ": "
                        + user.replaceAll("[^ -~]", "?")
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        write(channel, head.getBytes(ISO_8859_1));
        write(channel, body);
        HttpAnswer answer = HttpAnswer.read(Channels.newInputStream(channel));
        Tree json = answer.bodyJson();
        if (answer.status() != 200) {
            throw new CommandException(json.at("error").text());
        }
        return json;
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }
}
