namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>An app folder, read and found good.</summary>
internal sealed record FunctionApp(string Root, HostSettings Host, IReadOnlyList<FunctionDefinition> Functions, AppSettings Settings)
{
    /// <exception cref="FunctionsHostConfigurationException">With every mistake.</exception>
    public static FunctionApp Read(LocalFunctionsHostOptions options)
    {
        var root = Path.GetFullPath(options.AppRoot);
        if (!Directory.Exists(root))
        {
            throw new FunctionsHostConfigurationException([$"The app folder {root} does not exist."]);
        }

        var mistakes = new List<string>();
        var settings = new AppSettings(options.Settings);
        var host = HostJsonReader.Read(root, settings, mistakes);
        var functions = FunctionJsonReader.Read(root, settings, mistakes);
        return host is not null && mistakes.Count == 0
            ? new FunctionApp(root, host, functions, settings)
            : throw new FunctionsHostConfigurationException(mistakes);
    }
}
