using System.Text.RegularExpressions;
using Cronos;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>One binding of one function into its definition.</summary>
internal sealed partial class BindingReader(AppSettings settings, string functionName)
{
    public TriggerDefinition? Trigger(JsonMembers binding)
    {
        var name = Name(binding, "in");
        return binding.Text("type")?.ToUpperInvariant() switch
        {
            "TIMERTRIGGER" => Timer(binding, name),
            "QUEUETRIGGER" => new QueueTriggerDefinition(name, QueueName(binding), Connection(binding)),
            "EVENTGRIDTRIGGER" => new EventGridTriggerDefinition(name, "many".Equals(binding.Text("cardinality"), StringComparison.OrdinalIgnoreCase)),
            "HTTPTRIGGER" => Http(binding, name),
            _ => Unknown<TriggerDefinition>(binding, "timerTrigger, queueTrigger, eventGridTrigger or httpTrigger"),
        };
    }

    public OutputDefinition? Output(JsonMembers binding)
    {
        var name = Name(binding, "out");
        return binding.RequiredText("type")?.ToUpperInvariant() switch
        {
            "QUEUE" => new QueueOutputDefinition(name, QueueName(binding), Connection(binding), "binary".Equals(binding.Text("dataType"), StringComparison.OrdinalIgnoreCase)),
            "HTTP" => new HttpOutputDefinition(name),
            _ => Unknown<OutputDefinition>(binding, "queue or http"),
        };
    }

    private static string Name(JsonMembers binding, string direction)
    {
        if (binding.RequiredText("direction") is { Length: > 0 } told && !told.Equals(direction, StringComparison.OrdinalIgnoreCase))
        {
            binding.Mistake($"direction must be {direction}");
        }

        return binding.RequiredText("name") ?? "";
    }

    private static T? Unknown<T>(JsonMembers binding, string known)
        where T : class
    {
        binding.Mistake($"type must be {known}");
        return null;
    }

    private TimerTriggerDefinition? Timer(JsonMembers binding, string name)
    {
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

        return new TimerTriggerDefinition(name, schedule, binding.Flag("useMonitor", otherwise: true) && LongerThanAMinute(schedule), binding.Flag("runOnStartup", otherwise: false));
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
        var name = binding.Text("connection") is { Length: > 0 } named ? named : "AzureWebJobsStorage";
        var value = name.Equals("AzureWebJobsStorage", StringComparison.OrdinalIgnoreCase) ? settings.Find(name) : settings.ConnectionString(name);
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
