namespace Rekey.Functions.Findings;

/// <summary>An operator has taken note of a finding.</summary>
/// <param name="Reason">Why nothing more needs to be reported for now.</param>
/// <param name="Until">Until when, at most 30 days from now; seven days when it is left out.</param>
internal sealed record AcknowledgeRequest(string Reason, DateTimeOffset? Until = null);
