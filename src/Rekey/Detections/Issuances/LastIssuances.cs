namespace Rekey.Detections.Issuances;

/// <summary>When an issuer last issued, by its log, since a given time; each value is null if it did not.</summary>
/// <param name="OfKids">Last issuance under one of the given kids.</param>
/// <param name="WithoutKid">Last line without a kid: it may be under any of them.</param>
/// <param name="OfIssuer">
/// Last issuance under any kid, at most a day ahead: a line of the far future would show for ever that the issuer logs.
/// </param>
/// <param name="IsWhole">False if a part of the log could not be read.</param>
public sealed record LastIssuances(DateTimeOffset? OfKids, DateTimeOffset? WithoutKid, DateTimeOffset? OfIssuer, bool IsWhole = true);
