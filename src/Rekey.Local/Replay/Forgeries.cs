namespace Rekey.Local.Replay;

/// <summary>The numbers of what a forger did.</summary>
public sealed record Forgeries(int Tokens, int Subjects, int Addresses, DateTimeOffset FirstUse, DateTimeOffset LastUse);
