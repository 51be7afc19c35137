namespace Rekey.Infra.Tests.Deploying;

/// <summary>How a script ended, and each call that it made, with its arguments.</summary>
internal sealed record ScriptResult(int Exit, string Output, string Error, IReadOnlyList<IReadOnlyList<string>> Calls)
{
    /// <summary>The calls as one would type them, without quotes.</summary>
    public IReadOnlyList<string> Asked { get; } = [.. Calls.Select(c => string.Join(' ', c))];

    /// <summary>What an option was given in the only call that has it.</summary>
    public string Option(string name) => Calls.Single(c => c.Contains(name, StringComparer.Ordinal)).SkipWhile(a => a != name).ElementAt(1);
}
