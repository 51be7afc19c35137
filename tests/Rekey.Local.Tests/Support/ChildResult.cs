namespace Rekey.Local.Tests.Support;

/// <summary>How a child ended, and all it said.</summary>
internal sealed record ChildResult(int ExitCode, string Output);
