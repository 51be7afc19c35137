using System.CommandLine;

return await new RootCommand("Rekey: finds tokens that nobody issued, in log files.").Parse(args).InvokeAsync();
