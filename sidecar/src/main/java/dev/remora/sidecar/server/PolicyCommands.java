package dev.remora.sidecar.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.server.store.FileTrouble;
import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// `policy`: who may reach whom.
final class PolicyCommands {
    private static final String FILE = "file";
    private static final String POLICY = "policy";

    private PolicyCommands() {}

    static Command group() {
        return AdminCommand.group(
                POLICY,
                "Who may reach whom",
                List.of(
                        AdminCommand.of(
                                        "get",
                                        "Print the policy in force",
                                        "policy get",
                                        flags -> flags,
                                        PolicyCommands::get)
                                .withAliases("show", "view", "fetch"),
                        AdminCommand.of(
                                        "set",
                                        "Put another policy in force, if nothing is wrong with it",
                                        "policy set --file FILE",
                                        PolicyCommands::file,
                                        admin -> send(admin, "set", "The policy is in force.\n"))
                                .withAliases("put", "update"),
                        AdminCommand.of(
                                "check",
                                "Say what is wrong with a policy, with the users and nodes there are",
                                "policy check --file FILE",
                                PolicyCommands::file,
                                admin -> send(admin, "check", "Nothing is wrong with it.\n"))));
    }

    private static Flags file(Flags flags) {
        return flags.text(FILE, "", "HuJSON; - for standard input").alias("f", FILE);
    }

    private static void get(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        String text = admin.ask("policy/get", Map.of()).at(POLICY).text();
        admin.printText(text.endsWith("\n") ? text : text + "\n"); // HuJSON in every form
    }

    private static void send(AdminCommand admin, String verb, String done)
            throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters = Map.of(POLICY, read(admin, admin.needed(FILE)));
        Tree answer = admin.ask("policy/" + verb, parameters);
        admin.print(answer, now -> remarks(now) + done);
    }

    private static String remarks(Tree answer) {
        StringBuilder lines = new StringBuilder();
        answer.at("remarks").texts().forEach(remark -> lines.append(remark).append('\n'));
        return lines.toString();
    }

    private static String read(AdminCommand admin, String file) throws CommandException {
        try {
            return file.equals("-")
                    ? new String(admin.input(), UTF_8)
                    : Files.readString(Path.of(file));
        } catch (CharacterCodingException e) {
            throw new CommandException(file + " is no text in UTF-8");
        } catch (IOException e) {
            throw new CommandException("cannot read " + file + ": " + FileTrouble.sentence(e));
        }
    }
}
