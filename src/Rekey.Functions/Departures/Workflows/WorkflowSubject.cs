namespace Rekey.Functions.Departures.Workflows;

/// <summary>The user that a workflow runs for.</summary>
/// <param name="Id">Object id in Entra ID.</param>
internal sealed record WorkflowSubject(Guid Id);
