namespace Rekey.Detections.Accesses;

/// <summary>A token whose accesses are looked for, by its hash, or by <c>iss</c> and <c>jti</c> in lines without a hash.</summary>
/// <param name="SigningInputSha256">Null when only <c>iss</c> and <c>jti</c> are known.</param>
public sealed record AskedToken(string? Iss, string? Jti, string? SigningInputSha256);
