package dev.remora.sidecar;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.remora.PackageLine;
import org.junit.jupiter.api.Test;

/// Holds the direction of the arrows between the program's packages, and from them to the node's.
class ArchitectureTest {
    private static final JavaClasses SIDECAR =
            new ClassFileImporter()
                    .withImportOption(new PackageLine.NoTests())
                    .importPackages("dev.remora.sidecar");

    @Test
    void arrowsPointToTheLeft() {
        classes().should(new PackageLine()).check(SIDECAR);
    }
}
