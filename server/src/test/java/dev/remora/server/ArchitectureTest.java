package dev.remora.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.remora.PackageLine;
import org.junit.jupiter.api.Test;

/// Holds the direction of the arrows between the server's packages, and from them to the node's.
class ArchitectureTest {
    private static final JavaClasses SERVER =
            new ClassFileImporter()
                    .withImportOption(new PackageLine.NoTests())
                    .importPackages("dev.remora.server");

    @Test
    void arrowsPointToTheLeft() {
        classes().should(new PackageLine()).check(SERVER);
    }

    /// Who runs a relay needs no engine of a node.
    @Test
    void theServerKnowsWirePackagesAndTheLoopOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.remora",
                        "dev.remora.node..",
                        "dev.remora.engine..",
                        "dev.remora.io.control..",
                        "dev.remora.io.derp..",
                        "dev.remora.io.state..",
                        "dev.remora.io.udp..")
                .check(SERVER);
    }
}
