package dev.remora.server.policy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.server.model.Node;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Any text is a policy that can be applied, or is refused with a place for each problem.
class PolicyFuzzTest {
    private static final List<Node> NODES =
            List.of(
                    TestNodes.node(1, TestNodes.of(TestNodes.ALICE)),
                    TestNodes.node(2, TestNodes.tagged("tag:web")),
                    TestNodes.router(
                            TestNodes.node(3, TestNodes.tagged("tag:router")), "10.1.0.0/16"));

    @FuzzTest(maxDuration = "10s")
    void anyText(byte[] bytes) {
        apply(new String(bytes, StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void goodPoliciesWithAFewCharactersChanged(long seed) {
        Random random = new Random(seed);
        String bits = "{}[],:\"*@/-.0123456789 \\abg\n";
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder(AccessRulesChangeTest.EVERYTHING);
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                int at = random.nextInt(text.length());
                char c = bits.charAt(random.nextInt(bits.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.delete(at, Math.min(text.length(), at + random.nextInt(1, 9)));
                }
            }
            apply(text.toString());
        }
    }

    private static void apply(String text) {
        try {
            AccessRules rules = AccessRules.of(Policy.parse(text), List.of(TestNodes.ALICE), NODES);
            NODES.forEach(node -> rules.view(node.id()).filter());
            rules.remarks();
        } catch (PolicyException e) {
            if (e.problems().isEmpty()
                    || e.problems().stream().anyMatch(p -> p.line() < 1 || p.column() < 1)) {
                throw new AssertionError("refused without a place: " + text);
            }
        }
    }
}
