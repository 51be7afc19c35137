using System.Collections;
using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Rekey.Local.FunctionsHost;

/// <summary><c>host</c>: hosts an app folder until it is asked to end, as <c>func start</c> does.</summary>
internal static class HostCommand
{
    private const string SettingsFile = "local.settings.json";

    public static async Task<int> RunAsync(
        string folder,
        int port,
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var host = await LocalFunctionsHost.StartAsync(
                new()
                {
                    AppRoot = folder,
                    Port = port,
                    Settings = Settings(folder),
                    Log = line => Write(output, line),
                    EndWorkerWithThisProcess = false,
                },
                cancellationToken
            );
            await host.Completion.WaitAsync(cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (Exception wrong) when (wrong is FunctionsHostConfigurationException or WorkerStartException or IOException)
        {
            await errors.WriteLineAsync(wrong.Message);
            return 1;
        }
    }

    /// <summary>The environment, and under it what the settings file of the folder says.</summary>
    private static Dictionary<string, string> Settings(string folder)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var path = Path.Combine(folder, SettingsFile);
        if (File.Exists(path))
        {
            try
            {
                foreach (var (name, value) in JObject.Parse(File.ReadAllText(path))["Values"] as JObject ?? [])
                {
                    settings[name] = Convert.ToString((value as JValue)?.Value, CultureInfo.InvariantCulture) ?? "";
                }
            }
            catch (JsonReaderException wrong)
            {
                throw new FunctionsHostConfigurationException([$"{SettingsFile}: is not valid JSON: {wrong.Message}"]);
            }
        }

        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            settings[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return settings;
    }

    private static void Write(TextWriter output, HostLogLine line)
    {
        if (line.Level < LogLevel.Information)
        {
            return;
        }

        var function = line.FunctionName is null ? "" : $" {line.FunctionName}";
        lock (output)
        {
            output.WriteLine($"{line.Time:yyyy-MM-ddTHH:mm:ss.fffZ} {line.Level, -11} {line.Category}{function}: {line.Text}");
        }
    }
}
