package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.util.Map;

/// `audit`: who changed what, and when.
final class AuditCommand {
    private static final String LIMIT = "limit";

    private AuditCommand() {}

    static Command command() {
        return AdminCommand.of(
                "audit",
                "Show who changed what, the newest last",
                "audit [--limit NUMBER]",
                flags -> flags.number(LIMIT, 100, "how many changes").alias("n", LIMIT),
                AuditCommand::run);
    }

    private static void run(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters = Map.of(LIMIT, admin.flags().text(LIMIT));
        admin.print(admin.ask("audit", parameters), AuditCommand::table);
    }

    private static String table(Tree entries) {
        Columns table = new Columns("Time", "Who", "What");
        for (Tree entry : entries.items()) {
            table.row(
                    Times.text(entry.at("at")), entry.at("actor").text(), entry.at("what").text());
        }
        return table.text();
    }
}
