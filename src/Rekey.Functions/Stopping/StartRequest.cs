namespace Rekey.Functions.Stopping;

/// <summary>An approver's request to start Rekey again.</summary>
/// <param name="Reason">The reason for the second approver.</param>
internal sealed record StartRequest(string Reason);
