using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rekey.Infra.Tests.Templates;

/// <summary>
/// What a snapshot leaves to the deployment, evaluated: expressions over the cloud's addresses and over resources that are not there yet.
/// Ids that only Azure knows are made up from the resource's name, the same each time. A function that is not known here is refused.
/// </summary>
internal sealed class ArmExpression
{
    private static readonly JsonNode PublicCloud = JsonNode.Parse(
        """
        {"name":"AzureCloud","suffixes":{"keyvaultDns":".vault.azure.net","storage":"core.windows.net"},
          "authentication":{"loginEndpoint":"https://login.microsoftonline.com/"}}
        """
    )!;

    /// <summary>ARM writes a character as itself, and not as an escape, wherever JSON lets it.</summary>
    private static readonly JsonSerializerOptions AsArmWrites = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _text;
    private int _at;

    private ArmExpression(string text) => _text = text;

    /// <summary>Every value in it evaluated.</summary>
    /// <exception cref="NotSupportedException">It holds an expression that cannot be evaluated here.</exception>
    public static JsonNode? Resolve(JsonNode? node) =>
        node switch
        {
            JsonObject all => new JsonObject(
                all.Select(m => KeyValuePair.Create(ResolveText(m.Key)!.GetValue<string>(), Resolve(m.Value)))
            ),
            JsonArray all => new JsonArray([.. all.Select(Resolve)]),
            JsonValue value when value.TryGetValue<string>(out var text) => ResolveText(text),
            _ => node?.DeepClone(),
        };

    /// <summary>The made-up id of what only Azure knows, such as an identity's principalId.</summary>
    public static string MadeUp(string resource, string member) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{resource}.{member}")).AsSpan(0, 16)).ToString();

    private static JsonNode? ResolveText(string text)
    {
        // Two brackets are one that stands for itself (ARM template syntax).
        if (text.StartsWith("[[", StringComparison.Ordinal))
        {
            return text[1..];
        }

        if (!text.StartsWith('[') || !text.EndsWith(']'))
        {
            return text;
        }

        var expression = new ArmExpression(text[1..^1]);
        var value = expression.Value();
        return expression._at == expression._text.Length
            ? value
            : throw new NotSupportedException($"The end of the expression cannot be read: {text}");
    }

    private JsonNode? Value()
    {
        Blanks();
        JsonNode? value;
        if (_text[_at] == '\'')
        {
            value = Literal();
        }
        else if (char.IsAsciiDigit(_text[_at]))
        {
            value = Number();
        }
        else
        {
            value = Call();
        }

        while (_at < _text.Length && _text[_at] is '.' or '[')
        {
            value = _text[_at] == '.' ? Member(value) : Item(value);
        }

        Blanks();
        return value;
    }

    private JsonValue Literal()
    {
        var text = new StringBuilder();
        for (_at++; ; _at++)
        {
            if (_text[_at] != '\'')
            {
                text.Append(_text[_at]);
            }
            else if (_at + 1 < _text.Length && _text[_at + 1] == '\'')
            {
                text.Append('\'');
                _at++;
            }
            else
            {
                _at++;
                return JsonValue.Create(text.ToString());
            }
        }
    }

    private JsonValue Number()
    {
        var from = _at;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        return JsonValue.Create(int.Parse(_text.AsSpan(from, _at - from), CultureInfo.InvariantCulture));
    }

    private JsonNode? Member(JsonNode? of)
    {
        _at++;
        return of is JsonObject all && Name() is var name && all.TryGetPropertyValue(name, out var value)
            ? value?.DeepClone()
            : throw Unknown("member");
    }

    private JsonNode? Item(JsonNode? of)
    {
        _at++;
        var index = Value()!.GetValue<int>();
        _at++;
        return of is JsonArray all ? all[index]?.DeepClone() : throw Unknown("item");
    }

    private JsonNode? Call()
    {
        var name = Name();
        if (_at == _text.Length || _text[_at] != '(')
        {
            throw Unknown(name);
        }

        var arguments = new List<JsonNode?>();
        for (_at++, Blanks(); _text[_at] != ')'; )
        {
            arguments.Add(Value());
            if (_text[_at] == ',')
            {
                _at++;
            }
        }

        _at++;
        return Apply(name, arguments);
    }

    private JsonNode? Apply(string name, List<JsonNode?> with) =>
        name switch
        {
            "environment" => PublicCloud.DeepClone(),
            "true" => true,
            "false" => false,
            "null" => null,
            "format" => string.Format(CultureInfo.InvariantCulture, Text(with[0]), [.. with.Skip(1).Select(Text)]),
            "replace" => Text(with[0]).Replace(Text(with[1]), Text(with[2]), StringComparison.Ordinal),
            "string" => with[0] is JsonValue value && value.TryGetValue<string>(out var text) ? text : with[0]!.ToJsonString(AsArmWrites),
            "equals" => JsonNode.DeepEquals(with[0], with[1]),
            "if" => with[with[0]!.GetValue<bool>() ? 1 : 2]?.DeepClone(),
            "createArray" => new JsonArray([.. with.Select(w => w?.DeepClone())]),
            "createObject" => new JsonObject(with.Chunk(2).Select(m => KeyValuePair.Create(Text(m[0]), m[1]?.DeepClone()))),
            "resourceId" => ResourceId([.. with.Select(Text)]),
            "extensionResourceId" => $"{Text(with[0])}/providers/{Text(with[1])}/{Text(with[2])}",
            "guid" => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('-', with.Select(Text)))).AsSpan(0, 16)).ToString(),
            // A policy rule's own, which the policy engine evaluates; or a secret, which no snapshot knows.
            "parameters" => $"the parameter {Text(with[0])}",
            "utcNow" => "20261130T120000Z",
            "reference" => Reference(Text(with[0])),
            _ => throw Unknown(name),
        };

    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString() ?? "";

    private static string ResourceId(string[] parts)
    {
        if (parts is not [var subscription, var group, var type, .. var names])
        {
            throw new NotSupportedException("A resource id in another scope.");
        }

        var types = type.Split('/');
        var path = string.Join('/', types.Skip(1).Zip(names, (t, n) => $"{t}/{n}"));
        return $"/subscriptions/{subscription}/resourceGroups/{group}/providers/{types[0]}/{path}";
    }

    /// <summary>What a resource will say of itself when it is there.</summary>
    private static JsonObject Reference(string id)
    {
        var name = id.Split('/')[^1];
        return new JsonObject
        {
            ["principalId"] = MadeUp(name, "principalId"),
            ["identity"] = new JsonObject { ["principalId"] = MadeUp(name, "principalId") },
            ["clientId"] = MadeUp(name, "clientId"),
            ["customerId"] = MadeUp(name, "customerId"),
            ["ConnectionString"] = $"InstrumentationKey={MadeUp(name, "key")}",
            ["endpoints"] = new JsonObject { ["logsIngestion"] = $"https://{name}.westeurope-1.ingest.monitor.azure.com" },
            ["immutableId"] = $"dcr-{MadeUp(name, "immutableId"):N}",
            ["endpoint"] = $"https://{name}.westeurope-1.eventgrid.azure.net/api/events",
            ["defaultHostName"] = $"{name}.azurewebsites.net",
        };
    }

    private string Name()
    {
        var from = _at;
        while (_at < _text.Length && char.IsAsciiLetterOrDigit(_text[_at]))
        {
            _at++;
        }

        return _text[from.._at];
    }

    private void Blanks()
    {
        while (_at < _text.Length && _text[_at] == ' ')
        {
            _at++;
        }
    }

    private NotSupportedException Unknown(string what) => new($"{what} at {_at} of: {_text}");
}
