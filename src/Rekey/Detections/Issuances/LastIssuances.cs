namespace Rekey.Detections.Issuances;

/// <summary>When an issuer last issued, by its log, since the time that was asked for; each is null when it did not.</summary>
/// <param name="OfKids">Under one of the kids that were asked about.</param>
/// <param name="WithoutKid">A line that names no kid: it may be under any of them.</param>
/// <param name="OfIssuer">At all.</param>
/// <param name="IsWhole">False when a part of the log could not be read.</param>
public sealed record LastIssuances(DateTimeOffset? OfKids, DateTimeOffset? WithoutKid, DateTimeOffset? OfIssuer, bool IsWhole = true);
