namespace Rekey.Functions.Departures.Workflows;

/// <summary>The data of a call-out.</summary>
/// <param name="TaskProcessingResult">The run, so that a resend counts as one report.</param>
internal sealed record WorkflowCalloutData(WorkflowSubject Subject, WorkflowRun? TaskProcessingResult = null);
