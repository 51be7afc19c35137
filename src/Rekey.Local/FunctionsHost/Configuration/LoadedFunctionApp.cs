namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>A valid app folder. The worker reports its functions.</summary>
internal sealed record LoadedFunctionApp(string Root, HostSettings Host, WorkerDescription Worker, AppSettings Settings)
{
    /// <exception cref="FunctionsHostConfigurationException">With every mistake.</exception>
    public static LoadedFunctionApp Read(LocalFunctionsHostOptions options)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.AppRoot));
        if (!Directory.Exists(root))
        {
            throw new FunctionsHostConfigurationException([$"The app folder {root} does not exist."]);
        }

        var mistakes = new List<string>();
        var host = HostJsonReader.Read(root, mistakes);
        var worker = WorkerConfigReader.Read(root, mistakes);
        return host is not null && worker is not null && mistakes.Count == 0
            ? new LoadedFunctionApp(root, host, worker, new AppSettings(options.Settings))
            : throw new FunctionsHostConfigurationException(mistakes);
    }
}
