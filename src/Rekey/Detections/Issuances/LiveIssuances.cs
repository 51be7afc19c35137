namespace Rekey.Detections.Issuances;

/// <summary>The tokens of an issuer that are still valid, by its log.</summary>
/// <param name="Tokens">The distinct tokens under one of the given kids.</param>
/// <param name="Callers">Their distinct subjects; of a token without a subject, its client.</param>
/// <param name="WithoutKid">Lines without a kid: they may be under any of them.</param>
/// <param name="IsWhole">False if a part of the log could not be read.</param>
public sealed record LiveIssuances(long Tokens, long Callers, long WithoutKid, bool IsWhole = true);
