package dev.remora.lab.docker;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips the tests of a class where no Docker engine can be made, and says why.
public final class DockerCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        String obstacle = DockerEngine.obstacle();
        return obstacle.isEmpty()
                ? ConditionEvaluationResult.enabled("there is a Docker engine")
                : ConditionEvaluationResult.disabled(obstacle);
    }
}
