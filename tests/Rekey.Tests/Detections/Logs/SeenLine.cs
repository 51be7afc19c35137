using Rekey.Detections;

namespace Rekey.Tests.Detections.Logs;

/// <summary>A token that a gateway accepted, as it logged it.</summary>
public sealed record SeenLine(
    DateTimeOffset TimeGenerated,
    PresentedToken Token,
    string? Address,
    string Gateway = "edge",
    string? MalformedClaims = null
);
