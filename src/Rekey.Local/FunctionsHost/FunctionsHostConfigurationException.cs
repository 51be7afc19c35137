namespace Rekey.Local.FunctionsHost;

/// <summary>host.json, a function.json or a setting is wrong; every mistake is listed.</summary>
public sealed class FunctionsHostConfigurationException(IReadOnlyList<string> mistakes)
    : Exception($"The function app cannot be hosted:{Environment.NewLine}{string.Join(Environment.NewLine, mistakes.Select(mistake => "- " + mistake))}")
{
    /// <summary>One sentence a mistake, beginning with the file it is in.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}

/// <summary>The handler could not be brought to listen.</summary>
public sealed class HandlerStartException(string message) : Exception(message);
