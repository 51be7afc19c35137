namespace Rekey.Local.FunctionsHost;

/// <summary>host.json, worker.config.json, a function or a setting is wrong; every mistake is listed.</summary>
internal sealed class FunctionsHostConfigurationException(IReadOnlyList<string> mistakes)
    : Exception(string.Join(Environment.NewLine, mistakes.Select(mistake => "- " + mistake).Prepend("The function app cannot be hosted:")))
{
    /// <summary>One sentence a mistake, beginning with the file or the function it is in.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
