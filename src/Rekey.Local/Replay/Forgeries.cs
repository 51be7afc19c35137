namespace Rekey.Local.Replay;

/// <summary>What a forger did, in numbers.</summary>
public sealed record Forgeries(int Tokens, int Subjects, int Addresses, DateTimeOffset FirstUse, DateTimeOffset LastUse);
