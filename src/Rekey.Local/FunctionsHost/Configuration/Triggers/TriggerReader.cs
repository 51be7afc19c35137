using System.Text.RegularExpressions;
using Cronos;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Rekey.Local.FunctionsHost.Configuration.Triggers;

/// <summary>Reads a trigger binding of a function into its definition.</summary>
internal sealed partial class TriggerReader(AppSettings settings, string functionName)
{
    private const string HostStorage = "AzureWebJobsStorage";

    public TriggerDefinition? Read(JsonMembers binding)
    {
        var name = binding.RequiredText("name") ?? "";
        switch (binding.RequiredText("type")?.ToUpperInvariant())
        {
            case "TIMERTRIGGER":
                return Timer(binding, name);
            case "QUEUETRIGGER":
                return Queue(binding, name);
            case "HTTPTRIGGER":
                return Http(binding, name);
            case { } other:
                binding.Mistake($"type must be timerTrigger, queueTrigger or httpTrigger, not {other}");
                return null;
            default:
                return null;
        }
    }

    private TimerTriggerDefinition? Timer(JsonMembers binding, string name)
    {
        // The last run and the lock of the one instance that runs it are kept there.
        if (string.IsNullOrEmpty(settings.Find(HostStorage)))
        {
            binding.Mistake($"a timer needs {HostStorage}, which is not in the settings");
        }

        if (binding.RequiredText("schedule") is not { Length: > 0 } text)
        {
            return null;
        }

        text = settings.Expand(text, binding.Mistake);
        if (!CronExpression.TryParse(text, CronFormat.IncludeSeconds, out var schedule))
        {
            binding.Mistake($"schedule '{text}' is no NCRONTAB expression of six fields");
            return null;
        }

        return new TimerTriggerDefinition(
            name,
            schedule,
            binding.Flag("useMonitor", otherwise: true) && LongerThanAMinute(schedule),
            binding.Flag("runOnStartup", otherwise: false)
        );
    }

    // The host does not monitor what runs more often than once a minute: writing the status would cost more than the run.
    private static bool LongerThanAMinute(CronExpression schedule)
    {
        var ticks = schedule.GetOccurrences(DateTime.UnixEpoch, DateTime.UnixEpoch.AddYears(5)).Take(32).ToList();
        return ticks.Zip(ticks.Skip(1), (first, second) => second - first).All(gap => gap >= TimeSpan.FromMinutes(1));
    }

    private HttpTriggerDefinition Http(JsonMembers binding, string name)
    {
        var level = binding.Text("authLevel") ?? "function";
        if (!Enum.TryParse<HttpAuthLevel>(level, ignoreCase: true, out var authLevel) || !char.IsLetter(level[0]))
        {
            binding.Mistake($"authLevel '{level}' must be anonymous, function or admin");
        }

        var methods = binding.Texts("methods");
        if (methods.FirstOrDefault(method => !HttpMethodName().IsMatch(method)) is { } wrong)
        {
            binding.Mistake($"methods holds '{wrong}', which is no HTTP method");
        }

        var route = binding.Text("route") ?? functionName;
        try
        {
            RoutePatternFactory.Parse(route);
        }
        catch (RoutePatternException refused)
        {
            binding.Mistake($"route '{route}' cannot be read: {refused.Message}");
        }

        return new HttpTriggerDefinition(name, route.Trim('/'), [.. methods.Select(method => method.ToUpperInvariant())], authLevel);
    }

    private QueueTriggerDefinition Queue(JsonMembers binding, string name)
    {
        if (binding.Text("dataType") is { } type && !type.Equals("String", StringComparison.OrdinalIgnoreCase))
        {
            binding.Mistake($"a queue message is handed over as a string here, not as {type}");
        }

        return new QueueTriggerDefinition(name, QueueName(binding), Connection(binding));
    }

    private string QueueName(JsonMembers binding)
    {
        if (binding.RequiredText("queueName") is not { Length: > 0 } text)
        {
            return "";
        }

        var before = text;
        text = settings.Expand(text, binding.Mistake);
        // An unresolved %NAME% has been noted already.
        if (!text.Contains('%', StringComparison.Ordinal) && !ValidQueueName().IsMatch(text))
        {
            binding.Mistake($"queueName '{before}' gives '{text}', which is no queue name (3 to 63 of a-z, 0-9 and single -)");
        }

        return text;
    }

    private string Connection(JsonMembers binding)
    {
        var name = binding.Text("connection") is { Length: > 0 } named ? named : HostStorage;
        var value = name.Equals(HostStorage, StringComparison.OrdinalIgnoreCase) ? settings.Find(name) : settings.ConnectionString(name);
        if (string.IsNullOrEmpty(value))
        {
            binding.Mistake($"connection {name} has no connection string in the settings");
        }

        return value ?? "";
    }

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ValidQueueName();

    [GeneratedRegex("^[A-Za-z]+$", RegexOptions.None, 1000)]
    private static partial Regex HttpMethodName();
}
