using Rekey.Findings;

namespace Rekey.Notifications.Incidents;

/// <summary>An open finding of an incident.</summary>
/// <param name="Campaign">The id of the campaign of forged tokens that it is about; null for other findings.</param>
/// <param name="Tokens">How many forged tokens it counts; 0 for other findings.</param>
/// <param name="IsVerdict">Whether it is the campaign's own finding, not one about its logs or rows.</param>
public sealed record IncidentFinding(
    string Id,
    string Kind,
    Severity Severity,
    string Title,
    string Remedy,
    string? Campaign,
    int Tokens,
    bool IsVerdict
)
{
    /// <summary>Whether people must do something about it beside the incident's rotation.</summary>
    internal bool WantsMore => Campaign is null && !IsAboutSignIns;

    /// <summary>Whether it says that a rotation ended live tokens, which the notification of the containment says too.</summary>
    internal bool IsAboutSignIns => Kind is FindingKinds.TokensEnded;
}
