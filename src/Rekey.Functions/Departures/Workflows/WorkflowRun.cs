namespace Rekey.Functions.Departures.Workflows;

/// <summary>The run of a task of a workflow.</summary>
internal sealed record WorkflowRun(string? Id);
