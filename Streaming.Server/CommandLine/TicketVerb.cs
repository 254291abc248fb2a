using System.Globalization;
using Microsoft.Extensions.Options;
using Streaming.Server.Access;

namespace Streaming.Server.CommandLine;

/// <summary>The verb <c>ticket</c>: makes a ticket with the keys of the data directory, without a running server.</summary>
internal static class TicketVerb
{
    /// <returns>0; 2 when an argument is missing or wrong; 1 when the data directory cannot be used.</returns>
    public static int Execute(string[] args, TextWriter output, TextWriter errors)
    {
        try
        {
            var configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
                .AddEnvironmentVariables()
                .AddCommandLine(args)
                .Build();
            var options = StreamingOptionsSetup.ReadChecked(configuration);
            // Not from the environment: NAME and CLASS are everybody's there.
            if (!TryRead(new ConfigurationBuilder().AddCommandLine(args).Build(), errors, out var grant))
            {
                return 2;
            }

            var data = DataDirectory.Open(options.DataDirectory);
            var desk = new TicketDesk(
                new JoinTicketIssuer(data, TimeProvider.System),
                new OfficeTickets(data, TimeProvider.System),
                new TicketLinks(Microsoft.Extensions.Options.Options.Create(options)));
            var issued = desk.Issue(grant, configuration[WebHostDefaults.ServerUrlsKey]?.Split(';')[0] ?? StreamingOptions.DefaultUrl);
            output.WriteLine(issued.Ticket);
            output.WriteLine(issued.Url);
            return 0;
        }
        catch (OptionsValidationException invalid)
        {
            foreach (var failure in invalid.Failures)
            {
                errors.WriteLine(failure);
            }

            return 2;
        }
        catch (DataDirectoryException unusable)
        {
            errors.WriteLine(unusable.Message);
            return 1;
        }
    }

    private static bool TryRead(IConfiguration configuration, TextWriter errors, out TicketGrant grant)
    {
        // A lifetime that is no number becomes one that is never allowed, so that its rule is told with the others'.
        int? minutes = configuration["lifetime"] is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : 0;
        var request = new TicketRequest(
            configuration["class"], configuration["member"], configuration["name"], configuration["role"], minutes);
        var read = request.TryRead(out grant, out var wrong);
        foreach (var (field, rules) in wrong)
        {
            errors.WriteLine($"--{field} is missing or wrong. {rules[0]}");
        }

        return read;
    }
}
